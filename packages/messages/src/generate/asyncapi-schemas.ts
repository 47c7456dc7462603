/** References and schemas in the AsyncAPI document. */
import { z } from 'zod'

export const componentRef = (path: string) => ({ $ref: `#/components/${path}` })

/** AsyncAPI's own schema dialect is a superset of JSON Schema draft 7. */
export const schemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rules } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' })
  return rules
}

export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
