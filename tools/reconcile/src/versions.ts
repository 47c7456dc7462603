import {
  choreography,
  type MessageType,
  type PublishVersions,
  type ServiceModel,
  versionsSince,
} from '@quadrille/events'
import { findReadableVersions } from '@quadrille/outbox'
import type { Service, Sources } from './missing.ts'

/** The versions in which the services send each message by default, as their databases tell. */
export const versionsOf = async (sources: Sources): Promise<PublishVersions> => {
  const ofEach = await Promise.all(
    (Object.keys(sources) as Service[]).map(async (service) => {
      const versions = versionsSince(await findReadableVersions(sources[service]))
      return sentBy(choreography[service]).map((type) => [type, versions[type]] as const)
    }),
  )
  return Object.fromEntries(ofEach.flat().filter(([, version]) => version !== undefined))
}

const sentBy = ({ publishes, work }: ServiceModel): MessageType[] => [
  ...publishes,
  ...(Object.keys(work?.tasks ?? {}) as MessageType[]),
]
