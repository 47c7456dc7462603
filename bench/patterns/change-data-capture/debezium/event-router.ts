/**
 * The rules of Debezium's outbox event router, as far as the options in deploy/debezium use them
 * (https://debezium.io/documentation/reference/stable/transformations/outbox-event-router.html, and EventRouterDelegate.java). It
 * takes what a replication slot delivers, and returns the record that the router would send.
 */
import type { Pgoutput } from 'pg-logical-replication'
import { typeOf } from './column-types.ts'

export type Change = Pgoutput.MessageInsert | Pgoutput.MessageUpdate | Pgoutput.MessageDelete

export interface RoutedRecord {
  readonly topic: string
  readonly key: string
  readonly value: string
  readonly headers: Readonly<Record<string, string | null>>
}

const prefix = 'transforms.outbox.'
const placeholder = `$\{routedByValue}`

/** Each option with its default. */
const defaults = {
  type: '',
  'table.field.event.id': 'id',
  'table.field.event.key': 'aggregateid',
  'table.field.event.payload': 'payload',
  'table.field.event.timestamp': '',
  'table.fields.additional.placement': '',
  'table.op.invalid.behavior': 'warn',
  'route.by.field': 'aggregatetype',
  'route.topic.replacement': `outbox.event.${placeholder}`,
}
type Options = typeof defaults

/** @throws if the configuration has an option that these rules do not cover. */
const optionsOf = (config: Readonly<Record<string, string>>): Options => {
  const given = Object.entries(config).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
  )
  const unknown = given.find(([name]) => !(name in defaults))
  if (unknown) throw new Error(`The option ${prefix}${unknown[0]} is not covered.`)
  return { ...defaults, ...Object.fromEntries(given) }
}

/** Returns null for changes that the router drops. @throws where the router would throw, which ends the connector's task. */
export const routerOf = (config: Readonly<Record<string, string>>) => {
  const options = optionsOf(config)
  return (change: Change): RoutedRecord | null => {
    if (change.tag === 'delete') return null
    if (change.tag === 'update') {
      if (options['table.op.invalid.behavior'] === 'fatal') throw new Error('Unexpected update message received')
      return null
    }
    return route(change, options)
  }
}

const route = ({ relation, new: row }: Pgoutput.MessageInsert, options: Options): RoutedRecord => {
  const [id, key, payload] = [
    options['table.field.event.id'],
    options['table.field.event.key'],
    options['table.field.event.payload'],
  ]
  typeOf(relation, payload, 'payload')
  checkTimestamp(relation, options['table.field.event.timestamp'])
  typeOf(relation, id, 'event-id')
  typeOf(relation, key, 'key')
  const routeBy = options['route.by.field']
  if (typeOf(relation, routeBy, 'route').type !== 'STRING') throw new Error(`Field '${routeBy}' is not of type STRING`)
  return {
    topic: options['route.topic.replacement'].replace(placeholder, () => row[routeBy]),
    key: row[key],
    value: row[payload],
    headers: { id: row[id], ...additionalHeaders(relation, row, options['table.fields.additional.placement']) },
  }
}

/** It must be a number of Connect, so it can't be a timestamp with time zone, which Debezium writes as a text. */
const checkTimestamp = (relation: Pgoutput.MessageRelation, column: string): void => {
  if (column === '') return
  const { type, name } = typeOf(relation, column, 'timestamp')
  if (type !== 'INT64') throw new Error(`Field '${column}' is not of type INT64`)
  if (!name) throw new Error(`Unsupported field type ${type} (without logical schema name) for event timestamp`)
}

/** A list of pairs or triples: the column, the placement, and the name of the header, which by default is the column. */
const additionalHeaders = (relation: Pgoutput.MessageRelation, row: Record<string, string>, placements: string) =>
  Object.fromEntries(
    placements.split(',').flatMap((placement) => {
      if (placement === '') return []
      const [column = '', kind, header = column] = placement.split(':')
      if (kind !== 'header') throw new Error(`The placement ${placement} is not covered.`)
      typeOf(relation, column, 'additional')
      return [[header, row[column] ?? null]]
    }),
  )
