import { summaryOf } from '../../trace/trace-command';

it('lists a request with the time at which it came, whatever its caller has put into the id', () => {
  const Http = { HttpMethod: 'POST', HttpURL: 'https://assistant.example.com/stream', HttpStatus: 200 };
  const [Id, at] = ['1-67891233-abcdef012345678912345678', '2026-11-27T18:47:53.120Z'];
  expect(summaryOf({ Id, StartTime: new Date(at), ResponseTime: 1.5, Http })).toEqual({
    ...{ id: Id, at, request: 'POST /stream', status: '200', ms: 1_500 },
  });
});
