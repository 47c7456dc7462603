/** A part of an order that another service has. If that does not answer, the rest of the page is shown nevertheless. */
import type { ComponentChildren } from 'preact'
import { isAbsent } from '../../api/client.ts'
import { Failure } from '../../parts/failure.tsx'
import { Panel } from '../../parts/panel.tsx'
import { useOrderResource } from '../../shop/use-order-resource.ts'
import type { Resource } from '../../use-resource.ts'

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
  const resource = useOrderResource<Body>(orderId, path)
  return <Panel title={title}>{contentOf(resource, { title, unknown, children })}</Panel>
}

const contentOf = <Body,>(
  { body, error, reload }: Resource<Body>,
  { title, unknown, children }: Pick<ServicePanelProps<Body>, 'title' | 'unknown' | 'children'>,
): ComponentChildren => {
  if (isAbsent(error)) return <p class="faint">{unknown}</p>
  if (error) return <Failure what={title} error={error} retry={reload} />
  return body ? children(body) : <p class="loading">Loading…</p>
}
