import { checkText, conversations, model } from './fixture';

const talk = (...messages: unknown[]) => ({ messages });
const user = (...content: unknown[]) => ({ role: 'user', content });
const assistant = (...content: unknown[]) => ({ role: 'assistant', content });
const [question, answer] = [user({ text: 'Where is it?' }), assistant({ text: 'On its way.' })];
const simple = talk(question, answer);
const uri = (name: string) => ({
  s3Location: { uri: `s3://bucket/train/${name}`, bucketOwner: '111122223333' },
});

const toolConfig = {
  tools: [
    {
      toolSpec: {
        name: 'track',
        description: 'Finds a parcel',
        inputSchema: { json: { type: 'object', properties: { id: { type: 'string' } } } },
      },
    },
  ],
};
const tools = {
  toolConfig,
  ...talk(
    question,
    assistant({ text: 'I look.' }, { toolUse: { toolUseId: 't1', name: 'track', input: { id: '7' } } }),
    user({ toolResult: { toolUseId: 't1', content: [{ json: { state: 'on its way' } }] } }),
    answer,
  ),
};
const reasoning = talk(
  question,
  assistant({ reasoningContent: { reasoningText: { text: 'Parcels take days.' } } }, { text: 'Wait.' }),
);

const MICRO = 'amazon.nova-micro-v1:0:128k';
const LITE = 'amazon.nova-lite-v1:0:300k';
const LITE_2 = 'amazon.nova-2-lite-v1:0:256k';

async function check(record: unknown, id: string) {
  const base = model(id);
  const lines = [...conversations(base.records.minimum - 1), JSON.stringify(record)];
  const { problems, warnings } = await checkText(lines.join('\n'), { model: base });
  return { errors: problems.listed.map(({ kind, path }) => `${kind} ${path}`), warnings: warnings.byKind };
}

describe('a form that AWS publishes samples in passes:', () => {
  it.each<[string, unknown, string, Record<string, number>]>([
    ['a conversation with a system prompt', { system: [{ text: 'S' }], ...simple }, MICRO, {}],
    ['any schemaVersion', { schemaVersion: 'v7', ...simple }, MICRO, {}],
    ['no schemaVersion, system last', { ...simple, system: [{ text: 'S' }] }, LITE_2, {}],
    [
      'an empty list as system',
      { system: [], ...simple, schemaVersion: 'bedrock-conversation-2024' },
      LITE_2,
      {},
    ],
    ['an empty text as system', { system: [{ text: '' }], ...simple }, MICRO, {}],
    [
      'null for what is left out',
      { schemaVersion: null, system: null, toolConfig: null, ...simple },
      LITE,
      {},
    ],
    ['several turns', talk(question, answer, question, answer), MICRO, {}],
    [
      'an image',
      talk(user({ text: 'What?' }, { image: { format: 'png', source: uri('a.png') } }), answer),
      LITE,
      { 'media-content': 1 },
    ],
    [
      'a video',
      talk(user({ video: { format: 'mp4', source: uri('a.mp4') } }, { text: 'What?' }), answer),
      LITE,
      { 'media-content': 1 },
    ],
    [
      'a document',
      talk(user({ document: { format: 'pdf', source: uri('a.pdf') } }, { text: 'What?' }), answer),
      LITE_2,
      { 'media-content': 1 },
    ],
    ['tools, of the first generation', tools, MICRO, { 'tool-content': 1 }],
    ['tools, of the second', tools, LITE_2, { 'tool-content': 1 }],
    [
      'tools in texts alone',
      { system: [{ text: '<tools>{"toolspec": {}}</tools>' }], ...simple },
      LITE_2,
      {},
    ],
    ['reasoning', reasoning, LITE_2, {}],
  ])('%s', async (_, record, id, warnings) => {
    expect(await check(record, id)).toEqual({ errors: [], warnings });
  });
});

describe('content that is wrong is named:', () => {
  const at = 'messages[1].content[0]';
  it.each<[string, unknown, string, string]>([
    ['reasoning for the first generation', reasoning, LITE, `unsupported-content ${at}.reasoningContent`],
    [
      'reasoning without a text',
      talk(question, assistant({ reasoningContent: { reasoningText: {} } })),
      LITE_2,
      `missing-field ${at}.reasoningContent.reasoningText.text`,
    ],
    [
      'an image of the assistant',
      talk(question, assistant({ image: { format: 'png', source: uri('a.png') } })),
      LITE,
      `wrong-place ${at}.image`,
    ],
    [
      'an image whose bytes are in the record',
      talk(user({ image: { format: 'png', source: { bytes: 'aGk=' } } }), answer),
      LITE,
      'missing-field messages[0].content[0].image.source.s3Location',
    ],
    [
      'a call of a tool that is not configured',
      {
        ...tools,
        toolConfig: { tools: [{ toolSpec: { ...toolConfig.tools[0]?.toolSpec, name: 'other' } }] },
      },
      MICRO,
      'unknown-tool messages[1].content[1].toolUse.name',
    ],
    [
      'a result without a call',
      talk(user({ toolResult: { toolUseId: 't9', content: [{ text: 'A' }] } }), answer),
      MICRO,
      'unknown-tool messages[0].content[0].toolResult.toolUseId',
    ],
    [
      'a tool without a schema’s type',
      {
        toolConfig: { tools: [{ toolSpec: { name: 'a', description: 'b', inputSchema: { json: {} } } }] },
        ...simple,
      },
      MICRO,
      'missing-field toolConfig.tools[0].toolSpec.inputSchema.json.type',
    ],
  ])('%s', async (_, record, id, error) => {
    expect((await check(record, id)).errors).toEqual([error]);
  });
});
