import { freePorts } from '@quadrille/embedded-postgres'
import { runningServices } from '@quadrille/events'
import { type Options, portVariableOf } from './options.ts'

/**
 * The options with a free port for each service whose port is 0, because the other services get its URL before it
 * listens.
 */
export const choosePorts = async (options: Options): Promise<Options> => {
  const unset = runningServices(options)
    .map(portVariableOf)
    .filter((variable) => options[variable] === 0)
  const ports = await freePorts(unset.length)
  return { ...options, ...Object.fromEntries(unset.map((variable, index) => [variable, ports[index]])) }
}
