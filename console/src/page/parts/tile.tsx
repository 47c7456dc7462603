import type { ComponentChildren } from 'preact'

interface TileProps {
  readonly name: string
  readonly value: string
  /** Below the value, smaller. */
  readonly note?: string
  /** Lines of the last minutes. They overlay each other. */
  readonly children?: ComponentChildren
}

/** A figure with its last minutes, inside an element of the class `summary`. */
export const Tile = ({ name, value, note, children }: TileProps) => (
  <div class="tile">
    <dl>
      <dt>{name}</dt>
      <dd>
        {value} {note && <small>{note}</small>}
      </dd>
    </dl>
    <div class="overlaid">{children}</div>
  </div>
)
