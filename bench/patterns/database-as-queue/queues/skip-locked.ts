/** A table that consumers poll: the outcome of a task is written in the transaction that deletes it, so exactly once. */
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'pg'
import type { Task } from '../task.ts'
import { batchSize, type TaskQueueKind } from '../task-queue.ts'

/** How long a consumer waits if it found nothing, ms. */
const pollMs = 100

/** Autovacuum counts rows, because the table is almost empty most of the time. The outbox of the product does the same. */
const table = `create table task (
  seq  bigint generated always as identity primary key,
  body jsonb not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000)`

const insertion = { name: 'send', text: 'insert into task (body) select * from unnest($1::jsonb[])' }

const taking = {
  name: 'take',
  text: `delete from task
    where seq = any (array (select seq from task order by seq limit ${batchSize} for update skip locked))
    returning body`,
}

export const skipLocked: TaskQueueKind = {
  name: 'SKIP LOCKED',
  usesRabbitMq: false,
  mayRepeat: false,
  open: async ({ databaseUrl, outcomes }) => {
    const pool = new Pool({ connectionString: databaseUrl, max: 20 })
    let failure: unknown
    const onError = (error: unknown) => {
      failure ??= error
    }
    pool.on('error', onError)
    await pool.query(table)
    const stopping = new AbortController()
    const consumers: Promise<void>[] = []

    /** Returns the number of tasks. */
    const handleBatch = async (): Promise<number> => {
      const client = await pool.connect()
      try {
        await client.query('begin')
        const { rows } = await client.query<{ body: Task }>(taking)
        const tasks = rows.map(({ body }) => body)
        if (tasks.length > 0)
          await outcomes.write((text, values) => client.query({ name: 'write', text, values }), tasks)
        await client.query('commit')
        client.release()
        return tasks.length
      } catch (error) {
        client.release(true) // closes the connection, which rolls back
        throw error
      }
    }

    const consume = async (): Promise<void> => {
      while (!stopping.signal.aborted) if ((await handleBatch()) === 0) await pause(pollMs)
    }

    return {
      send: async (tasks) => {
        await pool.query({ ...insertion, values: [tasks.map((task) => JSON.stringify(task))] })
      },
      filled: async () => undefined,
      consume: async (count) => {
        for (let started = 0; started < count; started += 1) consumers.push(consume().catch(onError))
      },
      failure: () => failure,
      stop: async () => {
        stopping.abort()
        await Promise.all(consumers)
        await pool.end()
      },
    }
  },
}
