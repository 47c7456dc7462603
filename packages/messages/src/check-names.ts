/** Checks names, from which those of exchanges, queues, routing keys and tables are made. */
import type { Work } from './choreography.ts'

/** A table of its migrations has this name too, and Postgres cuts off what exceeds 63 bytes. */
const serviceName = /^[a-z][a-z0-9_-]{0,49}$/

/** ASCII, because the limits of RabbitMQ are in bytes. A consumer rejects a type with more than 100 characters. */
const typeName = /^[A-Za-z][A-Za-z0-9._-]{0,99}$/

/** The last parts of the names that each service has. */
const reserved: readonly string[] = ['inbox', 'dead', 'events', 'direct', 'questions', 'answers']

/** The violations of the names in the model of one service, one sentence each. */
export const checkServiceNames = ({ name, work }: { readonly name: string; readonly work: Work | null }): string[] => {
  const { queues = [], fanout } = work ?? {}
  const own = [...(fanout === undefined ? [] : [fanout]), ...queues]
  return [
    ...(serviceName.test(name)
      ? []
      : [
          `${JSON.stringify(name)} can’t be the name of a service: it must match ${serviceName}, such as flight-booking.`,
        ]),
    ...own
      .filter((full) => !isOwnName(name, full))
      .map(
        (full) =>
          `${name} can’t name a work queue or fanout ${JSON.stringify(full)}: write ${name}. and what matches ${serviceName}, such as ${name}.tasks. Reserved: ${reserved.join(', ')}.`,
      ),
    ...queues
      .filter((queue, index) => queues.indexOf(queue) < index)
      .map((queue) => `${name} lists the work queue ${queue} twice.`),
  ]
}

/** Names that begin with the name of their service differ from those of all other services. */
const isOwnName = (service: string, full: string): boolean => {
  const last = full.slice(service.length + 1)
  return full === `${service}.${last}` && serviceName.test(last) && !reserved.includes(last)
}

/** The violations of the names of messages or questions, one sentence each. */
export const checkTypeNames = (types: readonly string[]): string[] =>
  types
    .filter((type) => !typeName.test(type))
    .map((type) => `${JSON.stringify(type)} can’t be the type of a message or question: it must match ${typeName}.`)
