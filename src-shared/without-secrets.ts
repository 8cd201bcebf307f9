/**
 * Takes what opens doors out of a text before it is written to a log or a report: tokens of hosts, keys of
 * vendors, authorisation headers, credentials in addresses. Errs on the side of removing.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/giu, "$1…@"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/giu, "$1 …"],
  [/(gradus\.token\.)[\w-]+/gu, "$1…"],
  // name=value and "name": "value", in addresses, headers, JSON and environment dumps
  [
    /\b([\w-]*(?:token|api[_-]?key|secret|passw(?:or)?d|authorization)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/giu,
    "$1…",
  ],
  // Prefixes of well-known vendors' keys.
  [/\b(sk|pk|rk)-[\w-]{16,}/gu, "$1-…"],
  [/\b(hf|ghp|gho|ghs|xox[abp])_?[\w-]{16,}/gu, "$1_…"],
  [/\bAIza[\w-]{30,}/gu, "AIza…"],
  // 256 random bits in base64url, as a host's token is written.
  [/(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{43}(?![\w-])/gu, "…"],
];

export function withoutSecrets(text: string): string {
  return SECRETS.reduce((clean, [pattern, put]) => clean.replace(pattern, put), text);
}
