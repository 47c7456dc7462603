/** The queues of all services, which are read again while the component is shown. */
import { choreography } from '@quadrille/events/choreography'
import type { ApiError } from '../../api/client.ts'
import type { QueueReport } from '../../api/types.ts'
import { useResource } from '../../use-resource.ts'
import type { FlowService } from './flow-map.ts'
import { createQueueHistory } from './queue-history.ts'

/** The services compute an answer once a second, for all browsers. */
const pollMs = 2_000

/** It stays while other views are shown. */
export const queueHistory = createQueueHistory()

export const models: readonly FlowService[] = Object.values(choreography)

export interface ServiceQueues {
  readonly model: FlowService
  /** Undefined while it is not known, or if the last attempt to read it failed. */
  readonly report: QueueReport | undefined
  readonly error: ApiError | undefined
  readonly reload: () => void
}

/** Those of the services that are part of this shop, which may run without some. */
export const useQueues = (): readonly ServiceQueues[] =>
  models.map((model) => useQueuesOf(model)).filter(({ error }) => error?.status !== 404)

/** Those of one service. */
export const useQueuesOf = (model: FlowService): ServiceQueues => {
  const { body, error, reload } = useResource<QueueReport>(`/${model.name}/queues`, {
    everyMs: pollMs,
    onRead: ({ queues }) => queueHistory.record(queues, Date.now()), // a queue that stands still has no gaps
  })
  return { model, report: error ? undefined : body, error, reload }
}
