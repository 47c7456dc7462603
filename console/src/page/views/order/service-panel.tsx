/** A part of an order that another service has. If that does not answer, the rest of the page is shown nevertheless. */
import type { ComponentChildren } from 'preact'
import { isAbsent } from '../../api/client.ts'
import { Failure } from '../../parts/failure.tsx'
import { Panel } from '../../parts/panel.tsx'
import { useOrderResource } from '../../shop/use-order-resource.ts'

interface ServicePanelProps<Body> {
  readonly title: string
  readonly orderId: string
  /** The route of the service, below /api. */
  readonly path: string
  /** Shown while the service does not know the order. */
  readonly unknown: string
  readonly children: (body: Body) => ComponentChildren
}

export const ServicePanel = <Body,>({ title, orderId, path, unknown, children }: ServicePanelProps<Body>) => {
  const { body, error, reload } = useOrderResource<Body>(orderId, path)
  return (
    <Panel title={title}>
      {error && isAbsent(error) && <p class="faint">{unknown}</p>}
      {error && !isAbsent(error) && <Failure what={title} error={error} retry={reload} />}
      {!error && (body ? children(body) : <p class="loading">Loading…</p>)}
    </Panel>
  )
}
