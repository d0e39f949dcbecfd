const labelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const label = new RegExp(`^${labelFormat}$`);
const subdomainFormat = `${labelFormat}(\\.${labelFormat})*`;
const subdomain = new RegExp(`^${subdomainFormat}$`);

/** The longest DNS name that Kubernetes takes, in characters. */
export const maximumSubdomainLength = 253;

/** What is wrong with a DNS label, in the words of Kubernetes (`IsDNS1123Label`); undefined: nothing. */
export function labelFault(text: string): string | undefined {
  const faults = [
    ...(text.length > 63 ? ["must be no more than 63 characters"] : []),
    ...(label.test(text) ? [] : [subdomain.test(text) ? "must not contain dots" : labelRule]),
  ];
  return faults.length === 0 ? undefined : faults.join(";");
}

/** What is wrong with a DNS name, in the words of Kubernetes (`IsDNS1123Subdomain`); undefined: nothing. */
export function subdomainFault(text: string): string | undefined {
  const faults = [
    ...(text.length > maximumSubdomainLength
      ? [`must be no more than ${maximumSubdomainLength} characters`]
      : []),
    ...(subdomain.test(text) ? [] : [subdomainRule]),
  ];
  return faults.length === 0 ? undefined : faults.join(";");
}

const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
  `alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${labelFormat}')`;

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomainFormat}')`;
