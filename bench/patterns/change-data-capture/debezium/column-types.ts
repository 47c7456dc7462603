/** The types of Kafka Connect that Debezium's connector gives to columns of Postgres. */
import type { Pgoutput } from 'pg-logical-replication'

export interface ConnectType {
  readonly type: 'STRING' | 'INT16' | 'INT32' | 'INT64' | 'BOOLEAN' | 'BYTES'
  /** The name of the semantic type. */
  readonly name?: string
}

/** By the object id of the type in Postgres (Debezium's documentation of its Postgres connector, "Data type mappings"). */
const connectTypes: ReadonlyMap<number, ConnectType> = new Map<number, ConnectType>([
  [16, { type: 'BOOLEAN' }],
  [17, { type: 'BYTES' }],
  [20, { type: 'INT64' }],
  [21, { type: 'INT16' }],
  [23, { type: 'INT32' }],
  [25, { type: 'STRING' }],
  [1043, { type: 'STRING' }],
  [114, { type: 'STRING', name: 'io.debezium.data.Json' }],
  [3802, { type: 'STRING', name: 'io.debezium.data.Json' }],
  [2950, { type: 'STRING', name: 'io.debezium.data.Uuid' }],
  [1114, { type: 'INT64', name: 'io.debezium.time.MicroTimestamp' }],
  [1184, { type: 'STRING', name: 'io.debezium.time.ZonedTimestamp' }],
])

/** @throws if the table has no such column, or the type is not in the list. */
export const typeOf = ({ columns }: Pgoutput.MessageRelation, column: string, purpose: string): ConnectType => {
  const found = columns.find(({ name }) => name === column)
  if (!found) throw new Error(`Unable to find ${purpose} field ${column} in event`)
  const type = connectTypes.get(found.typeOid)
  if (!type) throw new Error(`The type ${found.typeOid} of ${column} is not in the list.`)
  return type
}
