// The display's voice. A language is one file of clips, each whole in itself, and a
// table of their names and lengths. Which clips a call is made of, the server says;
// here they are decoded and lined up so that each begins when the one before is over.

const places = new Map();

// What is in hand when the first number is called is in hand all day.
export const load = (languages) => Promise.all(languages.map(loadOne));

async function loadOne({ language, clips, table }) {
  const [sound, rows] = await Promise.all([
    fetched(clips).then((answer) => answer.arrayBuffer()),
    fetched(table).then((answer) => answer.text()),
  ]);
  let from = 0;
  for (const row of rows.trimEnd().split("\n")) {
    const columns = row.split("\t"), to = from + Number(columns.at(-1));
    places.set(`${language}/${columns[0]}`, { sound, from, to });
    from = to;
  }
}

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}

// Says `names`, not before `from`; gives when it ends, and how to stop it.
export async function say(audio, names, from) {
  // Decoded when they are needed: all of them at once would fill a small machine.
  const clips = await Promise.all(names.map((name) => {
    const { sound, from, to } = places.get(name);
    return audio.decodeAudioData(sound.slice(from, to));
  }));
  let ends = Math.max(from, audio.currentTime + 0.05);
  const sources = clips.map((clip) => {
    const source = new AudioBufferSourceNode(audio, { buffer: clip });
    source.connect(audio.destination);
    source.start(ends);
    ends += clip.duration;
    return source;
  });
  return { ends, hush: () => sources.forEach((source) => source.stop()) };
}
