/** The file console/src/page/api/types.ts. */
import { type ServiceName, serviceNames } from '@quadrille/events'
import { describeService, openApi } from '@quadrille/service/tools'
import { definitions } from '../../src/definitions.ts'
import { declarationOf, type JsonSchema, referencesIn } from './declaration.ts'

/** The titles of the schemas that the page reads, by service. Those to which they refer are added. */
const used: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  order: [
    ...['ListedOrderPage', 'Order', 'Event', 'Diagnosis', 'WhereaboutsList', 'FailedAttempt'],
    ...['DeadLetterGroupPage', 'DeadLetterPage', 'WholeDeadLetter', 'Trial', 'LoggedOperationPage', 'States'],
    ...['FailedAttemptPage', 'QueueReport'],
  ],
  payment: ['Payment'],
  inventory: ['Reservation'],
}

type Schemas = Readonly<Record<string, JsonSchema>>

/** Interfaces without the checks of the schemas: the services check what they send. */
export const consoleTypes = (): string => {
  const found = new Map<string, string>()
  for (const service of serviceNames) {
    const schemas = schemasOf(service)
    for (const name of withReferences(used[service] ?? [], schemas)) {
      const text = declarationOf(name, schemaOf(name, schemas))
      if ((found.get(name) ?? text) !== text)
        throw new Error(`Two services have different schemas with the title ${name}.`)
      found.set(name, text)
    }
  }
  const declarations = [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text)
  return `/** Generated from the OpenAPI documents of the services; do not edit. Run: npm run generate */\n\n${declarations.join('\n\n')}\n`
}

const schemasOf = (service: ServiceName): Schemas => {
  const { components } = openApi(service, definitions[service].apply(describeService).routes)
  return (components as { readonly schemas: Schemas }).schemas // as OpenAPI defines it
}

const schemaOf = (name: string, schemas: Schemas): JsonSchema => {
  const schema = schemas[name]
  if (!schema) throw new Error(`No schema has the title ${name}.`)
  return schema
}

const withReferences = (names: readonly string[], schemas: Schemas): Set<string> => {
  const all = new Set(names)
  for (const name of all) for (const reference of referencesIn(schemaOf(name, schemas))) all.add(reference)
  return all
}
