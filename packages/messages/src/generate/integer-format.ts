const maxInt32 = 2_147_483_647

/**
 * For `z.toJSONSchema`: gives integers of more than 32 bits the format `int64`, which AsyncAPI and OpenAPI define. Without a format,
 * generators of code choose a type of 32 bits, and an amount of money overflows.
 */
export const integerFormat = ({ jsonSchema }: { readonly jsonSchema: Integer }): void => {
  if (jsonSchema.type === 'integer' && Number(jsonSchema.maximum) > maxInt32) jsonSchema.format = 'int64'
}

interface Integer {
  type?: unknown
  maximum?: unknown
  format?: unknown
}
