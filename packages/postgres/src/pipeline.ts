/**
 * The statements of a connection in the extended query protocol with pipelining (Postgres manual, 54.2.3 and 54.2.4). Those of
 * one turn of the event loop are a unit: they are sent in one write that ends with a Sync, so the server answers all of them at
 * once.
 */
import type { PoolClient } from 'pg'
import { markOnce } from './fault.ts'
import { assertWritable } from './parameters.ts'
import { type Answer, Session, Unit } from './unit.ts'

export interface Pipeline {
  /**
   * Sends a statement after the earlier ones, in a unit with the others of this turn. If one fails, the server does not run the
   * later ones of the unit, and they reject with the same error.
   * @throws the error of the server or the connection, marked for `faultOf`. A TypeError if a value can't be written: then the
   * statement is not sent.
   */
  send<Row>(statement: StatementToSend): Promise<Answer<Row>>
}

export interface StatementToSend {
  readonly text: string
  /** Default none. */
  readonly values?: readonly unknown[] | undefined
  /** Whether it is prepared once for each connection, under a name. Default true. Otherwise each time, and it must return no rows. */
  readonly isNamed?: boolean
}

const pipelines = new WeakMap<PoolClient, Pipeline>()

/** The pipeline of a connection, which sends all of its statements. */
export const pipelineOf = (client: PoolClient): Pipeline => {
  const pipeline = pipelines.get(client) ?? createPipeline(client)
  pipelines.set(client, pipeline)
  return pipeline
}

const createPipeline = (client: PoolClient): Pipeline => {
  const session = new Session()
  let last = new Unit(session)

  /** The unit that is sent next: at the end of the turn, and not before the previous one is answered. */
  const openUnit = (): Unit => {
    const unit = last.isOpen ? last : new Unit(session)
    if (unit.isEmpty) process.nextTick(() => client.query(unit))
    last = unit
    return unit
  }

  return {
    send: async <Row>({ text, values = [], isNamed = true }: StatementToSend) => {
      values.forEach(assertWritable)
      try {
        return await new Promise<Answer<Row>>((resolve, reject) =>
          openUnit().add({ text, values, isNamed, resolve, reject }),
        )
      } catch (error) {
        if (markOnce(error)) Error.captureStackTrace(error) // its stack leads to the socket, not to this statement
        throw error
      }
    },
  }
}
