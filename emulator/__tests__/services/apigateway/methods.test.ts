import { matchRoute, type Route } from '../../../services/apigateway/methods';

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
