import { isPeerName, type PeerName, peers } from "./registry.ts";

const usage = `usage: node tools/peers/src/main.ts COMMAND [PEER...]

  list    say what is found and what is missing, and why
  build   build or install what is missing, two at a time

peers: ${Object.keys(peers).join(", ")} (default: all)
`;

const atOnce = 2;

/** Prints one line a peer. */
async function list(names: readonly PeerName[]): Promise<number> {
  for (const name of names) {
    const peer = peers[name];
    const state = await peer.find();
    const what = state.found ? `found (${state.origin}): ${state.location}` : `missing: ${state.reason}`;
    console.log(`${name} ${peer.version}: ${what}`);
  }
  return 0;
}

/** Builds what is missing; the exit code tells whether everything is there now. */
async function build(names: readonly PeerName[]): Promise<number> {
  const waiting = [...names];
  const failed: string[] = [];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const started = Date.now();
      try {
        if ((await peers[name].find()).found) {
          console.log(`${name}: found`);
          continue;
        }
        const prefix = name;
        await peers[name].install({ report: (line) => console.log(`${prefix}: ${line}`) });
        console.log(`${name}: built in ${Math.round((Date.now() - started) / 1000)} s`);
      } catch (error) {
        failed.push(name);
        console.error(`${name}: ${(error as Error).message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failed.length > 0) console.error(`failed: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
}

const [command, ...wanted] = process.argv.slice(2);
const unknown = wanted.filter((name) => !isPeerName(name));
const names = wanted.length === 0 ? (Object.keys(peers) as PeerName[]) : wanted.filter(isPeerName);
if (unknown.length > 0) {
  console.error(`find ${unknown.join(", ")}: no such peer\n\n${usage}`);
  process.exitCode = 2;
} else if (command === "list") process.exitCode = await list(names);
else if (command === "build") process.exitCode = await build(names);
else {
  console.error(usage);
  process.exitCode = 2;
}
