import { adoptionCases } from "./cases/adoption.ts";
import { cancellationCases } from "./cases/cancellation.ts";
import { concurrencyCases } from "./cases/concurrency.ts";
import { deletionCases } from "./cases/deletion.ts";
import { errorCases } from "./cases/errors.ts";
import { idempotencyCases } from "./cases/idempotency.ts";
import { identityCases } from "./cases/identity.ts";
import { lifecycleCases } from "./cases/lifecycle.ts";
import { logCases } from "./cases/logs.ts";
import { sessionCases } from "./cases/sessions.ts";
import { statusCases } from "./cases/status.ts";
import { updateCases } from "./cases/updates.ts";
import { watchCases } from "./cases/watch.ts";
import type { ContractCase } from "./contract-case.ts";

/** Every rule that a provider can be held to, as a case: the provider contract of `@vkubelet/core`, runnable. */
export const contractCases: readonly ContractCase[] = [
  ...lifecycleCases,
  ...idempotencyCases,
  ...identityCases,
  ...deletionCases,
  ...statusCases,
  ...watchCases,
  ...logCases,
  ...sessionCases,
  ...adoptionCases,
  ...updateCases,
  ...errorCases,
  ...cancellationCases,
  ...concurrencyCases,
];
