import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** The id of the button of a node. */
export const buttonIdOf = (key: string): string => `node/${key}`

/**
 * When the details that had the focus are closed, it returns to the button of their node, or to this heading if the node is gone.
 *
 * @param shown the key of the node whose details are shown, if any
 */
export const useFocusReturn = (shown: string | undefined): RefObject<HTMLHeadingElement | null> => {
  const heading = useRef<HTMLHeadingElement>(null)
  const last = useRef<string | undefined>(undefined)
  useEffect(() => {
    const closed = last.current
    last.current = shown
    const isLost = document.activeElement === null || document.activeElement === document.body
    if (shown === undefined && closed !== undefined && isLost)
      (document.getElementById(buttonIdOf(closed)) ?? heading.current)?.focus()
  }, [shown])
  return heading
}
