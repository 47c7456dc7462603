import { Client } from 'pg'

/** Whether the query finds a row. */
export const finds = async (url: string, text: string): Promise<boolean> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return ((await client.query(text)).rowCount ?? 0) > 0
  } finally {
    await client.end()
  }
}
