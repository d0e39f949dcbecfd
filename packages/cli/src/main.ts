#!/usr/bin/env node
const [command = "(none)"] = process.argv.slice(2);
console.error(`vkubelet ${command}: Unsupported: this version has no commands yet`);
process.exitCode = 2;
