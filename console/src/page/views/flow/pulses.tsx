/** A dot that runs along the line of an event whenever it was published. */
import { useEffect, useRef } from 'preact/hooks'
import { onChanges } from '../../live.ts'
import type { FlowRow } from './layout.ts'

/** At a high rate they follow each other, and the line shows the rate. */
export const Pulses = ({ row }: { readonly row: FlowRow }) => {
  const { event, publisherX, edges } = row
  const ends = edges.map(({ toX }) => toX)
  const [right, left] = [Math.max(publisherX, ...ends), Math.min(publisherX, ...ends)]
  return (
    <>
      {right > publisherX && <Pulse type={event.type} fromX={publisherX} toX={right} />}
      {left < publisherX && <Pulse type={event.type} fromX={publisherX} toX={left} />}
    </>
  )
}

interface PulseProps {
  readonly type: string
  readonly fromX: number
  readonly toX: number
}

/** Only transform and opacity change, which costs the page no layout. */
const Pulse = ({ type, fromX, toX }: PulseProps) => {
  const dot = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    let running: Animation | undefined
    const forget = onChanges(({ types }) => {
      if (!types[type] || running?.playState === 'running' || isStill()) return
      running = dot.current?.animate(
        [
          { transform: `translateX(${fromX}px)`, opacity: 1 },
          { transform: `translateX(${toX}px)`, opacity: 1, offset: 0.9 },
          { transform: `translateX(${toX}px)`, opacity: 0 },
        ],
        { duration: 350 + Math.abs(toX - fromX) * 0.6, easing: 'ease-in-out' },
      )
    })
    return () => {
      forget()
      running?.cancel()
    }
  }, [type, fromX, toX])
  return <span class="pulse" ref={dot} aria-hidden="true" />
}

/** The person has asked for less motion. */
const isStill = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches
