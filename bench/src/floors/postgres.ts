import { openSession } from '../systems/postgres.ts'
import type { Floor, FloorSpec } from './floor.ts'

const row = 'x'.repeat(551)

/** Each client inserts in transactions of one statement. */
export const postgresFloor = async ({
  url,
  clients,
  rowsPerTransaction,
}: Extract<FloorSpec, { kind: 'postgres' }>): Promise<Floor> => {
  const sessions = await Promise.all(Array.from({ length: clients }, () => openSession(url)))
  await sessions[0]?.query(
    'create table if not exists floor (id bigint generated always as identity primary key, body text)',
  )
  const rows = Array.from({ length: rowsPerTransaction }, () => row)
  const insert = { name: 'insert', text: 'insert into floor (body) select unnest($1::text[])', values: [rows] }
  return sessions.map((session) => async () => {
    await session.query(insert)
    return rowsPerTransaction
  })
}
