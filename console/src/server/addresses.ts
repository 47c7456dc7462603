/** The servers to which the console forwards requests, and their addresses. */
import { type ServiceName, serviceNames } from '@quadrille/events/service-names'
import { adminUrlVariableOf, type Config, urlVariableOf } from './config.ts'

/** The base URLs of a server. */
interface ServerUrls {
  readonly url: string
  /** Of its admin endpoints. */
  readonly adminUrl: string
}

/** A server to which the console forwards requests. */
export type TargetName = ServiceName | 'audit' | 'demo'

export type Addresses = ReadonlyMap<TargetName, ServerUrls>

/** The servers that the console shows. */
export const addressesIn = (variables: Config): Addresses =>
  new Map([
    ...servicesIn(variables),
    ...serverAt('audit', variables.AUDIT_URL),
    ...serverAt('demo', variables.DEMO_URL),
  ])

const servicesIn = (variables: Config) =>
  serviceNames.flatMap((service): [TargetName, ServerUrls][] => {
    const found = variables[urlVariableOf(service)]
    if (found === undefined) return []
    const adminUrl = variables[adminUrlVariableOf(service)] ?? found
    return [[service, { url: withoutSlash(found), adminUrl: withoutSlash(adminUrl) }]]
  })

/** A server that may not run, and has one address. */
const serverAt = (name: TargetName, url: string | undefined): [TargetName, ServerUrls][] =>
  url === undefined ? [] : [[name, { url: withoutSlash(url), adminUrl: withoutSlash(url) }]]

/** The paths of routes begin with one. */
const withoutSlash = (url: string): string => url.replace(/\/+$/, '')
