# What every client's tests share: a fresh array per file, ended with it. `ARRAY` in a file adds to the array's configuration.
import pytest

from svc import Array


@pytest.fixture(scope='module')
def array(request):
    one = Array(**getattr(request.module, 'ARRAY', {}))
    yield one
    one.close()
