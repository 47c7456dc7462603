/**
 * Checks that schemas do not convert data, and that a subject is an id that consumers accept. The sender applies a schema, and
 * each receiver applies it again. Messages that are handed over within a process are the exception, so a conversion would show
 * only over a broker. A conversion that keeps the type, such as `overwrite` or `coerce`, is not found here, because JSON Schema can't
 * express it. A property test of the language finds it, such as `packages/events/test/versions.unit.test.ts`.
 */
import { z } from 'zod'
import type { Language } from './language.ts'
import { uuid } from './values.ts'

/** The violations of the schemas, one sentence each. Internal messages are not sent, so their schemas may convert data. */
export const checkSchemas = ({
  messages,
  questions,
  subject: { field },
}: Pick<Language, 'messages' | 'questions' | 'subject'>): string[] => [
  ...Object.values(messages).flatMap(({ type, kind, versions, subjectField = field }) =>
    versions.flatMap(({ schema }, index) => {
      const title = `${type} version ${index + 1}`
      return [...(kind === 'internal' ? [] : checkSchema(title, schema)), ...checkSubject(title, schema, subjectField)]
    }),
  ),
  ...Object.values(questions).flatMap(({ type, asked, answer }) => [
    ...checkSchema(`the question ${type}`, asked),
    ...checkSchema(`the answer to ${type}`, answer),
  ]),
]

const checkSchema = (title: string, schema: z.ZodType): string[] => {
  try {
    if (rulesOf(schema, 'input') === rulesOf(schema, 'output')) return []
    return [`The schema of ${title} converts data, and receivers would convert it again: convert it in the reaction.`]
  } catch (error) {
    return [`The schema of ${title} has no form as JSON Schema: ${error instanceof Error ? error.message : error}.`]
  }
}

/** Without the rules in which schemas that do not convert differ: an output has no unknown fields, and each default. */
const rulesOf = (schema: z.ZodType, io: 'input' | 'output'): string =>
  JSON.stringify(
    z.toJSONSchema(schema, {
      io,
      override: ({ jsonSchema }) => {
        if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
        delete jsonSchema.required
        delete jsonSchema.default
      },
    }),
  )

/** Only a field of an object can be checked. `messageId` checks the subject of each message. */
const checkSubject = (title: string, schema: z.ZodType, name: string): string[] => {
  const field = schema instanceof z.ZodObject ? schema.shape[name] : undefined
  if (!field || uppercaseIds.every((id) => isRejectedOrUuid(z.safeParse(field, id)))) return []
  return [`The schema of ${title} accepts ids as ${name} that no consumer accepts: use uuid of @quadrille/messages.`]
}

/** UUIDs of each version. Version 0 does not exist. */
const uppercaseIds = Array.from('012345678', (version) => `0193B3A0-7C00-${version}000-8000-00000000000A`)

const isRejectedOrUuid = ({ success, data }: z.ZodSafeParseResult<unknown>): boolean =>
  !success || uuid.safeParse(data).data === data
