/** The choreography as a live map: services, queues and events. */
import { useRef } from 'preact/hooks'
import { Failure } from '../../parts/failure.tsx'
import { useTitle } from '../../parts/use-title.ts'
import { useWidth } from '../../parts/use-width.ts'
import { FlowList } from './flow-list.tsx'
import { flowMapOf } from './flow-map.ts'
import { FlowScore } from './flow-score.tsx'
import { layOut } from './layout.ts'
import { useQueues } from './use-queues.ts'

/** Below this width the map is a list, px. */
const mapFrom = 760

export const FlowView = () => {
  useTitle('Flow')
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)
  const services = useQueues()
  const map = flowMapOf(services.map(({ model }) => model))
  const layout = layOut(map, width)
  return (
    <div class="flow">
      <h1>Flow</h1>
      {services.map(
        ({ model, error, reload }) =>
          error && <Failure key={model.name} what={`The queues of ${model.name}`} error={error} retry={reload} />,
      )}
      <div ref={frame}>
        {width >= mapFrom && (
          <section
            class="score-frame"
            tabIndex={layout.width > width ? 0 : undefined} // the keyboard scrolls it
            aria-label="The map of events and queues"
          >
            <FlowScore layout={layout} services={services} />
          </section>
        )}
        {width > 0 && width < mapFrom && <FlowList map={map} services={services} />}
      </div>
    </div>
  )
}
