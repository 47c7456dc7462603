/** The components of an OpenAPI document. Each is written once, under its name, and referenced where it is used. */
import { isDeepStrictEqual } from 'node:util'
import { extractTitledSchemas, integerFormat } from '@quadrille/messages/generate'
import { z } from 'zod'

export type JsonObject = Record<string, unknown>

type Section = 'schemas' | 'parameters' | 'headers' | 'examples'

export interface Components {
  /**
   * Adds a component at its first use, and returns a reference to it.
   * @throws {Error} if the name belongs to a different component.
   */
  readonly refer: (section: Section, name: string, component: unknown) => { readonly $ref: string }
  /**
   * The JSON Schema of a request (`input`) or a response (`output`). A schema with a title becomes a component of that
   * name. OpenAPI 3.1 uses JSON Schema 2020-12. Refinements are not part of it, and are described in words.
   */
  readonly schema: (schema: z.ZodType, io: 'input' | 'output') => JsonObject
  readonly all: () => JsonObject
}

/** A later version may add fields, so a generated client must not refuse them (for problems: RFC 9457, section 3.2). */
const open = ({ jsonSchema }: { readonly jsonSchema: { additionalProperties?: unknown } }): void => {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
}

export const createComponents = (): Components => {
  const sections = new Map<Section, Map<string, unknown>>()
  const refer: Components['refer'] = (section, name, component) => {
    const named = sections.get(section) ?? new Map<string, unknown>()
    sections.set(section, named)
    if (named.has(name) && !isDeepStrictEqual(named.get(name), component))
      throw new Error(`Two components in ${section} are called ${name}. Give one of them another title.`)
    named.set(name, component)
    return { $ref: `#/components/${section}/${name}` }
  }
  return {
    refer,
    schema: (schema, io) => {
      const {
        $schema: _,
        '~standard': __,
        ...json
      } = z.toJSONSchema(schema, {
        io,
        unrepresentable: 'any',
        override: (context) => {
          integerFormat(context)
          if (io === 'output') open(context)
        },
      })
      return extractTitledSchemas(json, (name, component) => refer('schemas', name, component))
    },
    all: () => Object.fromEntries([...sections].map(([section, named]) => [section, Object.fromEntries(named)])),
  }
}
