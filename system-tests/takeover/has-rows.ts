import { Client } from 'pg'

/** True if the query returns a row. */
export const hasRows = async (url: string, text: string): Promise<boolean> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return ((await client.query(text)).rowCount ?? 0) > 0
  } finally {
    await client.end()
  }
}
