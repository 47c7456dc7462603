/** Span attributes of our own, beside those of OpenTelemetry's conventions. */
export const attributes = {
  /** Which service: several may share a process. */
  service: 'quadrille.service',
  /** 1 for the first time that a message is handled, and one more after each failure. */
  attempt: 'quadrille.message.attempt',
  /** How old a message was when its handling began, s. */
  ageSeconds: 'quadrille.message.age',
} as const
