/** The headings that settings stand under in the help. @module */

/** By what they are about; the help has them in the order in which settings of each first appear. */
export const GROUP = {
  addresses: "Addresses (naming any replaces the default, [::]:6969 for UDP and HTTP)",
  tls: "TLS",
  proxies: "Behind a proxy",
  state: "State",
  answers: "Answers to clients",
  access: "Access",
  pages: "Statistics and pages",
  limits: "Limits",
  privileges: "Privileges",
  program: "Program",
} as const;
