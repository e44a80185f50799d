import { UnsupportedError } from '../../../../stack/resource';
import { compileTemplate } from '../../../../services/apigateway/velocity/template';
import { TemplateError } from '../../../../services/apigateway/velocity/values';
import { render } from './render';

const MAP = '#set($m = $input.path("$"))';

/** Expected texts of the first table are those of Apache Velocity 1.7. */
describe('a mapping template', () => {
  it.each([
    ['a #set($x=1)\nb\n#if(true)\nc\n#end\nd', 'a b\nc\nd'],
    ['#if(1==2)A#elseif(2==2)B#{else}C#end', 'B'],
    ['#if(1==2)\nA\n#else\nC\n#end\nZ', 'C\nZ'],
    ['#if($nope)T#{else}F#end#if(!$nope)T#{else}F#end', 'FT'],
    ['#if( 1 == 1 && !(2 == 3) )T#{else}F#end', 'T'],
    ['#if(true || (false && false))T#{else}F#end', 'T'],
    ['#if($x == $null)T#{else}F#end', 'T'],
    ['#if(1 == "1")T#{else}F#end', 'T'],
    ['#set($x = 5 / 2)$x #set($x = 5 % 2)$x #set($x = -5)$x', '2 1 -5'],
    ['#set($x = 2 + 3 * 4 - 1)$x #set($x = (2 + 3) * 4)$x #set($x = 1 + "a")$x', '13 20 1a'],
    ['#set($t = 3 > 2)$t', 'true'],
    ['#set($x = \'a$b#c\')$x #set($y = "<$x>")$y', 'a$b#c <a$b#c>'],
    ['#set($q = \'"\')#set($x = "${q}a${q}:1")$x', '"a":1'],
    ['#set($x = "a\\nb\\\\c")$x', 'a\\nb\\\\c'],
    ['## c\nx#* c *#y#[[ $z #set ]]#', 'xy $z #set '],
    ['$!nope$!{nope}${stageVariables.tone}x $context.stage.', 'calmx v1.'],
    [
      '#set($s="abc")$s.length() $s.substring(1) $s.substring(1, 2) $s.replace("b", "$s") $s.toString()',
      '3 bc b aabcc abc',
    ],
    [
      '#set($s="abc")$s.contains("b") $s.startsWith("b") $s.endsWith("c") $s.equals("abc") $s.isEmpty()',
      'true false true true false',
    ],
    [
      '#set($s="it\\\'s")$s.replaceAll("\\\\\'", "\'") $s.replaceAll("[a-i]", "-") $s.matches(\'it.+\')',
      "it's -t\\'s true",
    ],
  ])('%j renders %j', (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  it.each([
    ['$input.body', '{"a":{"b":[1,"x"]},"n":null,"empty":[]}'],
    ['$input.json("$.a")', '{"b":[1,"x"]}'],
    ['$input.json("$")', '{"a":{"b":[1,"x"]},"n":null,"empty":[]}'],
    ['$input.path("$[\'a\'].b[1]")', 'x'],
    [`${MAP}$m.a.b.get(0) $m.get("a").b[1] $m["a"]["b"].size() $m.size()`, '1 x 2 3'],
    [`${MAP}$m.containsKey("n") $m.containsKey("z") $m["empty"].isEmpty()`, 'true false true'],
    [`${MAP}[$!m.n$!m.z.y]`, '[]'],
    [
      `${MAP}#foreach($i in $m.a.b)$foreach.index$foreach.count$i#if($foreach.hasNext),#end#end $!i`,
      '011,12x ',
    ],
    [
      '$context.httpMethod $context.path $context.resourcePath $context.apiId $context.identity.sourceIp $context.requestTimeEpoch',
      'POST /v1/x /x api 127.0.0.1 5',
    ],
    [
      '$util.base64Encode("é") $util.base64Decode("w6k=") $util.urlEncode("a b&é") $util.urlDecode("a+b%26")',
      'w6k= é a+b%26%C3%A9 a b&',
    ],
    ['#set($o = $util.parseJson(\'{"a":[true]}\'))$o.a.get(0)', 'true'],
  ])('%j sees the payload and the request', (template, expected) => {
    expect(render(template, '{"a":{"b":[1,"x"]},"n":null,"empty":[]}')).toBe(expected);
  });
});

describe('what fails while a template runs', () => {
  it.each([
    ['a null printed', '$nope'],
    ['a map printed', `${MAP}$m`],
    ['a list printed', '#set($l = $input.path("$.list"))$l'],
    ['a number that Java writes otherwise', '#set($n = $input.path("$.big"))$n'],
    ['an empty string as a condition', '#set($s = "")#if($s)x#end'],
    ['0 as a condition', '#if(0)x#end'],
    ['an empty list as a condition', `${MAP}#if($m.none)x#end`],
    ['null set over a value', '#set($a = 1)#set($a = $nope)'],
    ['a method that the value does not have', '#set($n = 1)$n.length()'],
    ['a substring out of range', '#set($s = "a")$s.substring(0, 2)'],
    ['an element out of range', `${MAP}$m.list.get(9)`],
    ['a comparison of what is no number', '#if("a" > 1)x#end'],
    ['a division by zero', '#set($x = 1 / 0)'],
    ['arithmetic with fractions', `${MAP}#set($x = $m.half + 1)`],
    ['a loop over a map', `#foreach($e in $input.path("$"))x#end`],
    ['a loop of more than 1,000 turns', `#foreach($e in $input.path("$.long"))x#end`],
    ['a JSONPath that finds nothing, as JSON', '$input.json("$.nope")'],
    ['JSON that is none', '$util.parseJson("{")'],
    ['a function of what is no string', '$util.escapeJavaScript($nope)'],
    ['a URL encoding that is none', '$util.urlDecode("%zz")'],
  ])('%s', (_, template) => {
    const body = JSON.stringify({ list: [1], none: [], big: 1e21, half: 0.5, long: Array(1_001).fill(0) });
    expect(() => render(template, body)).toThrow(TemplateError);
  });

  it('a payload that is not JSON', () => {
    expect(() => render('$input.path("$")', '{')).toThrow('the payload is not JSON');
  });
});

describe('what stops the start', () => {
  const compile = (template: string, phase: 'request' | 'response' = 'response') =>
    compileTemplate(template, 'aws_x.y.templates["t"]', { phase, stageVariables: ['tone'] });

  it.each([
    ['$input.params("x")'],
    ['$input.headers'],
    ['$input.path($x)'],
    ['$input.path("$..a")'],
    ['$input.json("a")'],
    ['$util.toJson($x)'],
    ['$util.escapeJavaScript()'],
    ['$context.identity.userAgent'],
    ['$context.requestOverride.header.x'],
    ['#set($context.requestOverride.header.x = 1)'],
    ['#set($context.responseOverride.body = 1)'],
    ['$stageVariables.mood'],
    ['$x.split(",")'],
    ['$x.length(1)'],
    ['$x.replaceAll($p, "")'],
    ['$x.replaceAll("(?i)a", "")'],
    ['$x.replaceAll("a", "$1")'],
    ['$x.class'],
    ['$f()'],
    ['#set($m = {})'],
    ['#set($m = [1])'],
    ['#set($m = 1.5)'],
    ['#set($m = null)'],
    ['#set($m.k = 1)'],
    ['#set($input = 1)'],
    ['#set($x = "a \\" b")'],
    ["#set($x = 'a \\' b')"],
    ['#set($x = """a""")'],
    ['#set($x = "#if(true)x#end")'],
    ['#macro(m)x#end'],
    ['#define($x)a#end'],
    ['#foreach($input in $x)a#end'],
    ['#foreach($i in $x)#break#end'],
    ['#stop'],
    ['#include("x")'],
    ['#if(true)x'],
    ['#if(true)x#end y #end z'],
    ['#if(true || true && false)x#end'],
    ['\\$input.body'],
    ['costs $5'],
    ['a # b'],
    ['$x[a'],
    ['x ## open'],
  ])('%j', (template) => {
    expect(() => compile(template)).toThrow(UnsupportedError);
    expect(() => compile(template)).toThrow('aws_x.y.templates["t"]: ');
  });

  it('a template above 300 KiB', () => {
    expect(() => compile(' '.repeat(300 * 1024 + 1))).toThrow('307200 bytes');
  });

  it('an override of the response in a request template', () => {
    expect(() => compile('#set($context.responseOverride.status = 201)', 'request')).toThrow(
      UnsupportedError,
    );
  });
});
