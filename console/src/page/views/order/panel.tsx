/** A part of an order that another service has. If that does not answer, the rest of the page is shown nevertheless. */
import type { ComponentChildren } from 'preact'
import { Failure } from '../../parts/failure.tsx'
import { type Resource, useResource } from '../../use-resource.ts'

interface PanelProps<Body> {
  readonly title: string
  readonly orderId: string
  /** The route of the service, below /api. */
  readonly path: string
  /** Shown while the service does not know the order. */
  readonly unknown: string
  readonly children: (body: Body) => ComponentChildren
}

export const Panel = <Body,>({ title, orderId, path, unknown, children }: PanelProps<Body>) => {
  const resource = useResource<Body>(path, { isConcerned: (orders) => orderId in orders })
  return (
    <section class="panel">
      <h2>{title}</h2>
      {contentOf(resource, { title, unknown, children })}
    </section>
  )
}

const contentOf = <Body,>(
  { body, error, reload }: Resource<Body>,
  { title, unknown, children }: Pick<PanelProps<Body>, 'title' | 'unknown' | 'children'>,
): ComponentChildren => {
  if (error?.status === 404 && !error.service) return <p class="faint">{unknown}</p>
  if (error) return <Failure what={title} error={error} retry={reload} />
  return body ? children(body) : <p class="loading">Loading…</p>
}
