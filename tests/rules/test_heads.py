"""Rows that know their columns."""

from markupsafe import Markup

from shop.web.heads import headed

HEADS = ("货", '谁说的"多少"')


def test_each_cell_carries_the_head_of_its_column_and_nothing_else_changes() -> None:
    row = '\n<tr id="a">\n <th scope="row">蛋 &lt;td&gt;</th>\n <td class="figures">3</td>\n</tr>\n'
    made = headed(Markup(row), HEADS)
    assert made == (
        '\n<tr id="a">\n <th data-head="货" scope="row">蛋 &lt;td&gt;</th>\n'
        ' <td data-head="谁说的&#34;多少&#34;" class="figures">3</td>\n</tr>\n'
    )


def test_a_cell_that_says_nothing_or_reaches_over_several_columns_has_no_head() -> None:
    assert headed(Markup("<tr><td></td><td>3</td></tr>"), HEADS) == (
        '<tr><td></td><td data-head="谁说的&#34;多少&#34;">3</td></tr>'
    )
    assert headed(Markup('<tr><td colspan="2">没有</td></tr>'), HEADS) == '<tr><td colspan="2">没有</td></tr>'
