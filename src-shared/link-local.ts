/**
 * Addresses that are answered on the own link only (RFC 3927, RFC 4291), and those at which clouds keep metadata
 * services: there every program of the machine gets its credentials, so nothing is sent to one unasked.
 */

const METADATA_ADDRESSES: ReadonlySet<string> = new Set([
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd20:ce::254",
]);
const METADATA_NAMES: ReadonlySet<string> = new Set([
  "metadata",
  "metadata.google.internal",
  "instance-data",
  "instance-data.ec2.internal",
]);
/** 169.254.0.0/16, and the same in the forms that IPv6 has for it: mapped, compatible, and through NAT64. */
const IPV4 =
  /^(?:(?:::ffff:|::ffff:0:|::|64:ff9b::)?169\.254\.\d+\.\d+|(?:::ffff:|::ffff:0:|::|64:ff9b::)a9fe:[0-9a-f]+)$/u;
const IPV6 = /^fe[89ab][0-9a-f]:/u;

/** @param host a URL's `hostname`, or an address as a resolver gives it */
export function isLinkLocal(host: string): boolean {
  const plain = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/u, "$1")
    .replace(/%.*$/u, "")
    .replace(/\.$/u, "");
  return (
    METADATA_ADDRESSES.has(plain) ||
    METADATA_NAMES.has(plain) ||
    IPV4.test(plain) ||
    IPV6.test(plain)
  );
}

export const LINK_LOCAL_WORDS =
  "is answered on this machine's own link only. Clouds keep their metadata services, which give out the machine's credentials, at such addresses.";
