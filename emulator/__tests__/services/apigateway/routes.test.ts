import { matchRoute, resourcePaths, type Route } from '../../../services/apigateway/routes';
import { resource, ROOT } from './api-fixture';

const route = (path: string, ...methods: string[]): Route<string> => ({
  path,
  methods: new Map(methods.map((method) => [method, `${method} ${path}`])),
});

const ROUTES = [
  route('/', 'POST'),
  route('/{proxy+}', 'ANY'),
  route('/orders', 'GET', 'ANY'),
  route('/orders/{id}', 'GET'),
  route('/orders/latest', 'GET'),
  route('/orders/{id}/{rest+}', 'GET'),
];

describe('matchRoute', () => {
  it.each([
    ['POST', '/', 'POST /'],
    ['GET', '/', undefined],
    ['GET', '/orders', 'GET /orders'],
    ['PUT', '/orders', 'ANY /orders'],
    ['GET', '/orders/latest', 'GET /orders/latest'],
    ['GET', '/orders/7', 'GET /orders/{id}'],
    ['GET', '/orders/7/lines/1', 'GET /orders/{id}/{rest+}'],
    ['PUT', '/orders/7', undefined],
    ['GET', '/orders/', 'GET /orders'],
    ['GET', '/orders/7/', 'GET /orders/{id}'],
    ['GET', '/orders//', 'ANY /{proxy+}'],
    ['GET', '/a/b/c', 'ANY /{proxy+}'],
    ['GET', '/%6Frders', 'GET /orders'],
    ['GET', '/a%2Fb', 'ANY /{proxy+}'],
    ['GET', '/%zz', 'ANY /{proxy+}'],
  ])('%s %s is %s', (method, path, expected) => {
    expect(matchRoute(ROUTES, path, method)?.method).toBe(expected);
  });
});

describe('resourcePaths', () => {
  const part = (id: string, parent: string, path: string) =>
    resource('resource', id, { id, parent_id: parent, path_part: path });

  it('joins the parts, in whatever order they come', () => {
    const paths = resourcePaths(ROOT, [
      part('c', 'b', '{proxy+}'),
      part('b', 'a', '{id}'),
      part('a', ROOT, 'v1'),
    ]);
    expect(Object.fromEntries(paths)).toEqual({ root: '/', a: '/v1', b: '/v1/{id}', c: '/v1/{id}/{proxy+}' });
  });

  it.each([
    ['a parent that does not exist', [part('a', 'nowhere', 'x')], 'parent_id'],
    ['two of the same path', [part('a', ROOT, 'x'), part('b', ROOT, 'x')], 'path_part'],
    ['a slash in a part', [part('a', ROOT, 'x/y')], 'path_part'],
    ['a child of a greedy part', [part('a', ROOT, '{p+}'), part('b', 'a', 'x')], 'path_part'],
  ])('refuses %s', (_, resources, argument) => {
    expect(() => resourcePaths(ROOT, resources)).toThrow(argument);
  });
});
