/**
 * Checks that schemas do not convert data. The sender applies a schema, and each receiver applies it again. Messages that are handed
 * over within a process are the exception, so a conversion would show only over a broker. A conversion that keeps the type, such as
 * `overwrite` or `coerce`, is not found.
 */
import { z } from 'zod'
import type { Language } from './language.ts'

/** The violations of the schemas, one sentence each. Internal messages are not sent, so they may have any schema. */
export const checkSchemas = ({ messages, questions }: Pick<Language, 'messages' | 'questions'>): string[] => [
  ...Object.values(messages)
    .filter(({ kind }) => kind !== 'internal')
    .flatMap(({ type, versions }) =>
      versions.flatMap(({ schema }, index) => checkSchema(`${type} version ${index + 1}`, schema)),
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
