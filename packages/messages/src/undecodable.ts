/** The reason why bytes are not a message of the language. A retry never helps. */
export type UndecodableReason =
  | 'too_large'
  | 'not_json'
  | 'not_cloudevents'
  | 'unknown_type'
  | 'future_version'
  | 'schema_violation'

/** Its text has the type and the version of the message, fields and rules, but no values of the data. So it may be logged. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable'
  readonly reason: UndecodableReason
  constructor(reason: UndecodableReason, detail: string) {
    super(`${reason}: ${detail}`)
    this.reason = reason
  }
}
