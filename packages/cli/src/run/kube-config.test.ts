import { expect, it } from "vitest";
import { loadKubeConfig } from "./kube-config.ts";

it("says in one line which file cannot be used", async () => {
  await expect(loadKubeConfig("/nowhere/kubeconfig", {})).rejects.toThrow(
    /^kubeconfig: \/nowhere\/kubeconfig: ENOENT[^\n]*$/,
  );
});
