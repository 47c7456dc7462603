interface BreakableProps {
  readonly name: string
}

/** A technical name, which continues on the next line at the ends of its words only: before a capital, and after a dot, slash or underscore. */
export const Breakable = ({ name }: BreakableProps) =>
  name.split(/(?<=[a-z\d])(?=[A-Z])|(?<=[._/])/).map((word, index) => (
    <>
      {index > 0 && <wbr />}
      {word}
    </>
  ))
