import { startAwsEmulator } from "../start-aws-emulator.ts";

// Runs until it is killed; the only line of output is the endpoint.
const emulator = await startAwsEmulator();
process.stdout.write(`${emulator.endpoint}\n`);
