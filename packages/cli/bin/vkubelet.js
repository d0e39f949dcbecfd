#!/usr/bin/env node
// The command as it is installed. It stands outside the build so that the link to it can be made before there is one,
// and uses nothing new: its first task is to say so where Node is too old for the rest.
import { existsSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const main = new URL("../dist/main.js", import.meta.url);

if (major < 22 || (major === 22 && minor < 19)) {
  refuse(`needs Node 22.19 or newer, and this is ${process.versions.node} (${process.execPath})`);
} else if (!existsSync(main)) {
  refuse("is not built yet: run `npm run build` at the root of the clone");
} else {
  await import(main.href);
}

function refuse(why) {
  process.stderr.write(`vkubelet: ${why}\n`);
  process.exitCode = 1;
}
