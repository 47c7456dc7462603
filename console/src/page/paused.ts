/** Whether the page keeps what it shows, while changes arrive. */
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

export const isPaused = signal(false)

/** Says so while the component is shown. */
export const usePaused = (paused: boolean): void =>
  useEffect(() => {
    isPaused.value = paused
    return () => {
      isPaused.value = false
    }
  }, [paused])
