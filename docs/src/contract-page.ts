import { type ContractNeed, type ContractTheme, contractCases } from "@vkubelet/testing";

const begin =
  "<!-- The cases: written by docs/src/write-contract.mjs from packages/testing/src/contract/cases. -->";
const end = "<!-- The end of the cases. -->";

/** What the cases of a theme are about, before each of them says its rule. */
const themes: Readonly<Record<ContractTheme, { readonly heading: string; readonly about: string }>> = {
  lifecycle: {
    heading: "Lifecycle",
    about:
      "A pod is created, runs, ends, and is told of with the facts that the backend has: its state, its containers, their codes.",
  },
  idempotency: {
    heading: "Idempotency",
    about:
      "However often `createPod` is called, and whatever gets lost in between, a run (UID and attempt) takes place once. A backend with a token or a name that is taken once has it for free; any other is looked at before each create, and its intent stands in the pod's record first.",
  },
  identity: {
    heading: "Identity",
    about: "The UID is the pod. Names come again, and other nodes may work on the same backend.",
  },
  deletion: {
    heading: "Deletion",
    about:
      "`deletePod` asks for the end and does not wait for it. It may throw what is worth another try, and is then called again; success means that nothing can go on unseen.",
  },
  status: {
    heading: "Listing and status",
    about:
      "A listing is everything that the backend knows, or an error: what is missing from it counts as gone once `absenceGraceMs` have passed.",
  },
  watch: {
    heading: "Watching",
    about: "For a backend that tells of changes by itself. Listing and watch share one order of versions.",
  },
  logs: {
    heading: "Logs",
    about: "Lines as bytes, oldest first, for as long as somebody reads.",
  },
  sessions: {
    heading: "Sessions",
    about:
      "Commands in containers: what they read, write and end with. A client that is slow holds the command up, and one that goes ends it.",
  },
  adoption: {
    heading: "Adoption",
    about: "A process of a provider may die at any moment; the next one takes over what runs.",
  },
  updates: {
    heading: "Updates",
    about:
      "`updatePod` carries what changes while a pod runs: files, labels, images. What a backend cannot carry is `Unsupported`, and the pod goes on as it is.",
  },
  errors: {
    heading: "Errors",
    about:
      "Each code has its effect ([the table](#errors)). An error never means absence, and never holds the value of a Secret.",
  },
  cancellation: {
    heading: "Cancellation",
    about: "A call whose signal aborts rejects with the signal's own reason, as soon as it safely can.",
  },
  concurrency: {
    heading: "Concurrency",
    about: "Calls run side by side, but never two changes of one pod.",
  },
};

/** `page` with the list of the cases between its two marks. Throws where it has none. */
export function withContractCases(page: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`docs/contract.md has no place for the cases: ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${casesText()}\n\n${page.slice(to)}`;
}

function casesText(): string {
  const sections = Object.entries(themes).map(([theme, { heading, about }]) => {
    const own = contractCases.filter((contractCase) => contractCase.theme === theme);
    const lines = own.map(({ id, rule, needs }) => `- \`${id}\`: ${rule}${needsText(needs)}`);
    return [`### ${heading}`, "", about, "", ...lines].join("\n");
  });
  return [`There are ${contractCases.length}.`, ...sections].join("\n\n");
}

function needsText(needs: readonly ContractNeed[]): string {
  return needs.length === 0 ? "" : ` _Needs ${needs.map((need) => `\`${need}\``).join(", ")}._`;
}
