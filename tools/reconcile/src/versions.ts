import { choreography, type ServiceName, shop } from '@quadrille/events'
import type { PublishVersions, ServiceModel } from '@quadrille/messages'
import { findReadableVersions } from '@quadrille/outbox'
import { type Sources, sourceOf } from './missing.ts'

/** The versions in which the services publish their messages by default, according to their databases. */
export const findPublishedVersions = async (sources: Sources): Promise<PublishVersions> => {
  const ofEach = await Promise.all(
    (Object.keys(sources) as ServiceName[]).map(async (service) => {
      const versions = shop.versionsSince(await findReadableVersions(sourceOf(sources, service)))
      return typesSentBy(choreography[service]).flatMap((type) => {
        const version = versions[type]
        return version === undefined ? [] : [[type, version] as const]
      })
    }),
  )
  return Object.fromEntries(ofEach.flat())
}

const typesSentBy = ({ publishes, work }: ServiceModel): string[] => [...publishes, ...Object.keys(work?.tasks ?? {})]
