/** Our own span attributes, in addition to those of OpenTelemetry's conventions. */
export const attributes = {
  /** The name of the service. Several may share a process. */
  service: 'quadrille.service',
  /** 1 for the first attempt; each failure increments it. */
  attempt: 'quadrille.message.attempt',
  /** The age of a message when its handling began, s. */
  ageSeconds: 'quadrille.message.age',
} as const
