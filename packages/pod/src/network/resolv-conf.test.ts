import { expect, it } from "vitest";
import { parseResolvConf, resolvConfText } from "./resolv-conf.ts";

it("H4: servers add up, the last search line and the last option of a name count", () => {
  const text =
    "# c\nnameserver 10.0.0.1 x\n nameserver\t10.0.0.2\r\nsearch a\nsearch b. . c\n" +
    "domain d\noptions ndots:1 debug\noptions ndots:3\n;search e\n";
  expect(parseResolvConf(text)).toEqual({
    servers: ["10.0.0.1", "10.0.0.2"],
    searches: ["b", "c"],
    options: ["ndots:3", "debug"],
  });
  expect(parseResolvConf("")).toEqual({ servers: [], searches: [], options: [] });
});

it("H4: a server line without an address is an error in the kubelet's words", () => {
  expect(() => parseResolvConf("nameserver \n")).toThrow(
    "Encountered error while parsing resolv conf file. Error: nameserver list is empty ",
  );
});

it("writes search, servers and options, each only where there are some", () => {
  const dns = { servers: ["10.0.0.1", "10.0.0.2"], searches: ["a", "b"], options: ["ndots:5", "debug"] };
  expect(resolvConfText(dns)).toBe(
    "search a b\nnameserver 10.0.0.1\nnameserver 10.0.0.2\noptions ndots:5 debug\n",
  );
  expect(resolvConfText({ servers: [], searches: [], options: [] })).toBe("");
  expect(parseResolvConf(resolvConfText(dns))).toEqual(dns);
});
