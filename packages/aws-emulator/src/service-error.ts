/** An answer of a service that is an error, in the shape that its SDK client decodes. */
export class ServiceError extends Error {
  /** The error's shape name, such as `InvalidParameterException`. */
  readonly type: string;
  readonly status: number;
  /** Further members of the error's shape, such as `resourceIds`. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(type: string, message: string, status = 400, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "ServiceError";
    this.type = type;
    this.status = status;
    this.members = members;
  }
}

/** `ClientException`: ECS and Batch use it for most of what is wrong with a request. */
export function clientException(message: string): ServiceError {
  return new ServiceError("ClientException", message);
}

/** `InvalidParameterException` of ECS and CloudWatch Logs. */
export function invalidParameter(message: string): ServiceError {
  return new ServiceError("InvalidParameterException", message);
}

/** What the emulator cannot do, said in the service's own shape; never an empty success. */
export function notEmulated(what: string): ServiceError {
  return clientException(`${what} is not emulated by @vkubelet/aws-emulator`);
}
