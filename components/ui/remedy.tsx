const address = /(https:\/\/[^\s"'<>]+[^\s"'<>.,;:)])/;

/** What can be done about a failure; an address in it can be followed. */
export function Remedy({ text }: { text: string }) {
  return text.split(address).map((part, at) =>
    at % 2 === 0 ? (
      part
    ) : (
      <a key={part} href={part} target="_blank" rel="noreferrer" className="break-all">
        {part}
      </a>
    ),
  );
}
