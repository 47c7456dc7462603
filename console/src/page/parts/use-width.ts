import { useLayoutEffect, useState } from 'preact/hooks'

/** The width of an element, px. 0 until it is in the page. */
export const useWidth = (element: { readonly current: HTMLElement | null }): number => {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const observed = element.current
    if (!observed) return undefined
    const observer = new ResizeObserver(() => setWidth(observed.clientWidth))
    observer.observe(observed)
    setWidth(observed.clientWidth)
    return () => observer.disconnect()
  }, [element])
  return width
}
