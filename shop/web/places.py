"""Places as people write them."""


def region(province: str, city: str, district: str) -> str:
    """Return province, city and county in one, without saying 重庆 twice where a city is its own province."""
    return (city if city.startswith(province) else province + city) + district
